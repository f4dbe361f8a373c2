from gradx.scipy.signal.convolution import *
from gradx.scipy.signal.filters import *
from gradx.scipy.signal.zero_phase import *
from gradx.scipy.signal.rates import *
from gradx.scipy.signal.smoothing import *
from gradx.scipy.signal.spectral import *
