from gradx.scipy.signal.convolution import *
from gradx.scipy.signal.filters import *
from gradx.scipy.signal.zero_phase import *
